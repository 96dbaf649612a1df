"""What can go wrong. Everything is a `BrainError`; a call that raised one has changed nothing.

>>> import minbrain
>>> try:
...     minbrain.Brain(sensors=2, actions=2).decide([0.5])
... except ValueError as error:
...     print(type(error).__name__, error.field, "|", error.expected, "|", error.got)
InputError observation | 2 values | 1 values
"""


class BrainError(Exception):
    """Anything that minbrain refuses."""


class _Detailed(BrainError, ValueError):
    def __init__(self, message: str, field: str = "", expected: str = "", got: str = "") -> None:
        super().__init__(message, field, expected, got)
        self.field = field
        """Which setting or argument."""
        self.expected = expected
        """What would have been taken."""
        self.got = got
        """What came."""

    def __str__(self) -> str:
        return str(self.args[0])


class ConfigError(_Detailed):
    """A setting of a new brain is outside its range."""


class InputError(_Detailed):
    """An observation, action, reward or time cannot be used."""


class NothingDecidedError(BrainError, RuntimeError):
    """`learn` without a decision that waits for its outcome."""


class OutOfMemoryError(BrainError, MemoryError):
    """The room for the budget could not be reserved."""


class PoisonedError(BrainError, RuntimeError):
    """An earlier call broke off in the middle, by a defect of minbrain's: nothing works on it any more."""


class WorldError(BrainError, ValueError):
    """There is no world of this name, or its episode is over."""


class ClosedError(BrainError, ValueError):
    """A brain that was closed cannot be asked any more."""


class ImageError(BrainError, ValueError):
    """These bytes are no brain: damaged, incomplete, or of another version."""


class DirectoryError(BrainError, OSError):
    """The directory of a brain is in use, damaged, or its disk has failed."""


class FleetError(BrainError, ConnectionError):
    """A fleet refuses this brain: another kind of robot, a wrong password, no TLS where it is demanded."""
