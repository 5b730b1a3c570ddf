"""What goes wrong with an embedded part, told to the person who runs it."""


class OutilAbsent(RuntimeError):
    """A program that the machine must have is missing; the sentence says what to install."""

    code = "outil-absent"


class DemarrageImpossible(RuntimeError):
    """An embedded part was launched and is not ready; the sentence ends with what it wrote in its journal."""

    code = "demarrage-impossible"


def last_lines(text: str, count: int = 15) -> str:
    """The end of a log, for a message that a person reads."""
    return "\n".join(text.splitlines()[-count:])
