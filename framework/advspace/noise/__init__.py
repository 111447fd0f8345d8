"""Random images: the contract, seeded blocks of draws, and offsets from a center."""

from advspace.noise.contract import Noise as Noise
from advspace.noise.contract import blank as blank
from advspace.noise.contract import centre as centre
from advspace.noise.contract import spread as spread
