"""The arguments of a campaign, and its end."""

import argparse
import sys
from collections.abc import Callable

import torch
from faults.tally import Tally

Campaign = Callable[[int, int, bool], Tally]
"""Number of tries, seed, whether to print each of them."""


def run(campaign: Campaign, text: str | None, count: int) -> None:
    """Run a campaign with the arguments of the command line, and print its table; exit status 1 if there is a fault.

    Args:
        campaign: The campaign.
        text: What it does.
        count: Number of tries if the command line names none.
    """
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=count, help="number of tries")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print each try")
    given = parser.parse_args()
    torch.set_num_threads(1)  # else a row of a matrix product depends on how many others there are, in the last bit
    tally = campaign(given.count, given.seed, given.show)
    print(tally)
    sys.exit(tally.faults > 0)
