"""Whether the items of a pillar measure one thing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Matrix = NDArray[np.float64]

LEAST_UNIQUE = 0.005  # of an item's variance; keeps a factor from being a single item (as R's factanal does)


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha (at most 1) with its 95 % interval, over n complete cases; `dropped` cases were incomplete."""

    value: float
    low: float
    high: float
    n: int
    dropped: int


@dataclass(frozen=True)
class Omega:
    """McDonald's omega (0 to 1) over n complete cases; `dropped` cases were incomplete."""

    value: float
    n: int
    dropped: int


def cronbach_alpha(rows: Sequence[Sequence[float | None]], confidence: float = 0.95) -> Alpha | None:
    """Cronbach's alpha over complete cases (Cronbach 1951, Psychometrika 16:297-334), interval after Feldt (1965,
    Psychometrika 30:357-370).

    Rows are raters, columns items; None is no answer. The answer is None with fewer than two items, fewer than three
    complete cases, or no spread in the totals. Raises ValueError for rows of unequal length, NaN and infinities.
    """
    answers = _complete(rows)
    n, items = answers.shape
    if items < 2 or n < 3:
        return None
    total = float(answers.sum(axis=1).var(ddof=1))
    if total == 0:
        return None
    value = items / (items - 1) * (1 - float(answers.var(axis=0, ddof=1).sum()) / total)
    freedom = (n - 1, (n - 1) * (items - 1))
    tail = (1 - confidence) / 2
    low = 1 - (1 - value) * float(special.fdtri(*freedom, 1 - tail))
    high = 1 - (1 - value) * float(special.fdtri(*freedom, tail))
    return Alpha(value, low, high, n, len(rows) - n)


def mcdonald_omega(rows: Sequence[Sequence[float | None]]) -> Omega | None:
    """McDonald's omega over complete cases: the share of the total's variance that one common factor explains.

    McDonald (1999, Test theory: a unified treatment), also called congeneric reliability (Joereskog 1971, Psychometrika
    36:109-133). Unlike alpha it lets items differ in how much they say of what is measured. Rows are raters, columns
    items; None is no answer. The answer is None with fewer than three items that differ between raters, not more cases
    than those items, or items of which one follows from the others. Raises ValueError as `cronbach_alpha`.
    """
    answers = _complete(rows)
    n = len(answers)
    varied = answers[:, np.ptp(answers, axis=0) > 0] if n else answers
    if varied.shape[1] < 3 or n <= varied.shape[1]:
        return None
    value = omega_of(np.cov(varied, rowvar=False))
    return None if value is None else Omega(value, n, len(rows) - n)


def omega_of(covariance: Matrix) -> float | None:
    """Omega of items with this covariance matrix: (sum of loadings)^2 / ((sum of loadings)^2 + sum of uniquenesses).

    One factor by maximum likelihood (Joereskog 1967, Psychometrika 32:443-482; the same steps as R's factanal). None
    for a matrix that is not positive definite, and where no factor is found.
    """
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    if not np.isfinite(correlation).all() or np.linalg.eigvalsh(correlation)[0] < 1e-9:
        return None
    items = len(sd)

    def split(unique: Matrix) -> tuple[Matrix, Matrix]:
        """The loadings these uniquenesses leave, and the roots that no factor explains."""
        roots, vectors = np.linalg.eigh(correlation / np.sqrt(np.outer(unique, unique)))
        return np.sqrt(unique) * vectors[:, -1] * np.sqrt(max(roots[-1] - 1, 0)), roots[:-1]

    def misfit(unique: Matrix) -> float:
        rest = split(unique)[1]
        return float((rest - np.log(rest) - 1).sum())

    def slope(unique: Matrix) -> Matrix:
        loadings, _ = split(unique)
        found: Matrix = (loadings**2 + unique - 1) / unique**2
        return found

    start = np.clip((1 - 0.5 / items) / np.diag(np.linalg.inv(correlation)), LEAST_UNIQUE, 1)
    fitted = optimize.minimize(misfit, start, jac=slope, method="L-BFGS-B", bounds=[(LEAST_UNIQUE, 1)] * items)
    common = float((sd * split(fitted.x)[0]).sum() ** 2)
    whole = common + float((sd**2 * fitted.x).sum())
    return common / whole if common > 0 else None


def _complete(rows: Sequence[Sequence[float | None]]) -> Matrix:
    """The raters who answered everything. Raises ValueError for rows of unequal length, NaN and infinities."""
    items = len(rows[0]) if rows else 0
    if any(len(row) != items for row in rows):
        raise ValueError("every rater has the same items")
    complete = [[value for value in row if value is not None] for row in rows if None not in row]
    answers = np.array(complete, dtype=float).reshape(len(complete), items)
    if len(complete) and not np.isfinite(answers).all():
        raise ValueError("answers are finite numbers")
    return answers
