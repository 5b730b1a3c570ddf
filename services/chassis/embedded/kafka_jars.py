"""The broker's programs: Java, and the jars that Maven brings, each checked against the committed list."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from services.chassis.embedded.errors import DemarrageImpossible, OutilAbsent, last_lines

DEPLOY = Path(__file__).parents[3] / "deploy" / "kafka"

JAVA_ABSENT = (
    "Java 17 ou plus est introuvable : installez un JDK (« apt-get install default-jdk-headless ») ou donnez JAVA_HOME. "
    "Java 17 or later was not found: install a JDK or set JAVA_HOME."
)
MAVEN_ABSENT = (
    "Maven est introuvable : installez-le (« apt-get install maven »), puis relancez « make kafka ». "
    "Maven was not found: install it, then run “make kafka” again."
)


class KafkaJars:
    """The folder of the jars, as `pom.xml` asks for them and `jars.sha256` (name and digest of each) allows them."""

    def __init__(self, deploy: Path = DEPLOY) -> None:
        self.folder = deploy / "lib"
        self._pom = deploy / "pom.xml"
        self._list = deploy / "jars.sha256"

    def allowed(self) -> dict[str, str]:
        """The digest of each jar, by name. Raises OutilAbsent outside a clone of the repository."""
        if not self._list.exists():
            raise OutilAbsent(
                f"{self._list} est introuvable : le broker embarqué se lance depuis un clone du dépôt ; "
                "ailleurs, donnez l'adresse d'un Kafka existant."
            )
        lines = (line.split() for line in self._list.read_text().splitlines())
        return {name: digest for digest, name in lines}

    def are_installed(self) -> bool:
        """Whether the folder holds the jars of the list and no other."""
        allowed = self.allowed().keys()
        return self.folder.is_dir() and {jar.name for jar in self.folder.iterdir()} == allowed

    def install(self) -> None:
        """Bring the jars, once, whoever asks at the same time. Raises OutilAbsent, DemarrageImpossible."""
        if self.are_installed():
            return
        descriptor = os.open(self.folder.parent, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not self.are_installed():
                self._bring()
        finally:
            os.close(descriptor)

    def _bring(self) -> None:
        maven = shutil.which("mvn")
        if maven is None:
            raise OutilAbsent(MAVEN_ABSENT)
        arriving = self.folder.with_name("lib.new")
        shutil.rmtree(arriving, ignore_errors=True)
        done = subprocess.run(
            [
                *(maven, "-B", "-q", "--strict-checksums", "-f", self._pom),
                *("dependency:copy-dependencies", f"-DoutputDirectory={arriving}"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise DemarrageImpossible(f"Maven n'a pas pu apporter Kafka :\n{last_lines(done.stdout + done.stderr)}")
        strange = set(self.allowed().items()) ^ {(jar.name, _digest(jar)) for jar in arriving.iterdir()}
        if strange:
            names = ", ".join(sorted({name for name, _ in strange}))
            raise DemarrageImpossible(
                f"Les fichiers apportés par Maven ne sont pas ceux de {self._list.name} : {names}"
            )
        shutil.rmtree(self.folder, ignore_errors=True)
        arriving.rename(self.folder)


def java() -> Path:
    """The Java program: of JAVA_HOME, else of the path. Raises OutilAbsent."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if found is None:
        raise OutilAbsent(JAVA_ABSENT)
    return Path(found)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
