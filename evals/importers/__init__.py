"""Converters from public incident datasets into cases: `python -m evals.importers DATASET SRC DST`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from agent.errors import UserError
from evals.importers import cloud_opsbench, holmesgpt, nab, nezha, petshop
from evals.importers.casefolder import Recording, write_case
from evals.importers.upstream import Upstream

CONVERTERS: Mapping[str, Callable[[Upstream], Recording]] = {
    "cloud-opsbench": cloud_opsbench.convert,
    "holmesgpt": holmesgpt.convert,
    "nezha": nezha.convert,
    "petshop": petshop.convert,
    "nab": nab.convert,
}


def import_case(dataset: str, source: Path, destination: Path, *, gzip_over: int | None = None) -> Path:
    """Convert one incident folder into DST/<neutral id>/; raise UserError where it is not of that dataset."""
    convert = CONVERTERS.get(dataset)
    if convert is None:
        raise UserError(f"No dataset {dataset!r}.", hint=f"Known are {', '.join(CONVERTERS)}.")
    return write_case(convert(Upstream(dataset, source.resolve())), destination, gzip_over=gzip_over)
