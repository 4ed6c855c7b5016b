"""Print where the documentation is, or the path of one of its pages."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

from collector.errors import Failed
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """A page, by its name."""
    parser.add_argument("page", nargs="?", default="index", help="name of a page, such as contacts (default: index)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the path. Raises Failed for a page that does not exist."""
    pages = {page.relative_to(folder()).with_suffix("").as_posix(): page for page in sorted(folder().rglob("*.md"))}
    matching = [page for name, page in pages.items() if args.page in (name, name.rpartition("/")[2])]
    if not matching:
        raise Failed(f"'{args.page}' is not a page of the documentation; expected one of {', '.join(pages)}")
    print(matching[0])
    return 0


def folder() -> Path:
    """The pages: installed with the package, or those of the checkout."""
    installed = Path(str(files("collector").joinpath("docs")))
    return installed if installed.is_dir() else Path(__file__).parents[2] / "docs"
