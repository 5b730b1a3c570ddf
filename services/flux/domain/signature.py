"""What a convention must respect to be signed: one of its kind, its own territory, 100 % of the flow, the ceilings (F7)."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from contracts import territoire
from contracts.problems import Fault
from services.flux.domain.convention import Contrepartie, PartConvenue, Termes
from services.flux.domain.droits import ConventionEnVigueur
from services.flux.domain.erreurs import ConventionRefusee, PlafondDepasse
from services.flux.domain.plafonds import Derogation, PartsControlees, Plafond, Violation, controler

_ETAT = frozenset({"ETAT_PRIORITAIRES", "ETAT_AGENTS"})
_AGENTS = "ETAT_AGENTS"
COLLECTIVITES = frozenset({"COMMUNE", "EPCI", "EPT", "DEPARTEMENT", "REGION"})
_TERRITORIALES = frozenset({"COMMUNE", "EPCI", "EPT"})

_PHRASES = {
    Plafond.ETAT: "la part de l'État dépasse le plafond",
    Plafond.ETAT_AGENTS: "la part des agents de l'État dépasse le plafond",
    Plafond.GARANTIES: "les parts des collectivités au titre des garanties dépassent ensemble le plafond",
    Plafond.ETAT_HORS_QPV: "la part de l'État hors QPV est sous le minimum, sans stipulation contraire",
    Plafond.DEROGATION_TROP_LONGUE: "la dérogation du préfet dure plus d'un an",
}


@dataclass(frozen=True, slots=True)
class Entourage:
    """What a signature is judged against.

    signees: the landlord's other conventions of the département, signed. couvre: whether the holder's territory holds a
    commune. etat_attendus: State holders of the département whose convention with this landlord is not signed yet, the one
    being signed excepted. derogations: the préfet's orders (L14).
    """

    signees: Sequence[ConventionEnVigueur]
    couvre: Callable[[str], bool]
    etat_attendus: Collection[str] = ()
    derogations: Sequence[Derogation] = field(default=())


def fautes_des_termes(termes: Termes, couvre: Callable[[str], bool]) -> list[Fault]:
    """Every fault of the terms taken alone. Source: flux.md L4 to L7; L6 for the perimeter of a collectivité."""
    return [
        *_fautes_des_dates(termes),
        *(fault for rang, part in enumerate(termes.parts) for fault in _fautes_de_la_part(termes, rang, part, couvre)),
    ]


def controler_signature(termes: Termes, le: date, entourage: Entourage) -> tuple[str, ...]:
    """What remains to be verified once signed, as codes. Raises ConventionRefusee, PlafondDepasse.

    The State's minimum outside QPV can be judged only once each of its holders has signed (L15): until then it is to be
    verified. Source: CCH R441-5-2, R441-5-3; flux.md F7, L5, L13, L15, L19, L23.
    """
    _refuser_le_doublon(termes, entourage.signees)
    nouvelle = ConventionEnVigueur("", le, termes)
    bloquantes: list[tuple[str, Violation]] = []
    a_verifier: set[str] = set()
    for jour in _jours_utiles(nouvelle, entourage.signees):
        for commune, qpv in sorted(_lieux(termes)):
            en_vigueur = [c for c in (*entourage.signees, nouvelle) if c.est_en_vigueur(jour)]
            total = sum((c.termes.part_dans(commune, qpv=qpv, le=jour) for c in en_vigueur), Fraction(0))
            if total > 1:
                raise ConventionRefusee(
                    f"Dans la commune {commune}, au {jour:%d/%m/%Y}, les parts signées feraient {_pourcent(total)} : "
                    "réduisez la part, ou faites d'abord modifier les autres conventions."
                )
            for violation in controler(_parts(en_vigueur, commune, qpv=qpv, le=jour), entourage.derogations, jour):
                if violation.plafond is Plafond.ETAT_HORS_QPV and not _jugeable(termes, entourage):
                    a_verifier.add(violation.plafond.value)
                else:
                    bloquantes.append((commune, violation))
    if bloquantes:
        raise PlafondDepasse(_phrase(bloquantes), errors=tuple(_fautes_de_plafond(bloquantes)))
    if termes.type_reservataire not in _ETAT and entourage.etat_attendus:
        a_verifier.add("ETAT_NON_SIGNE")
    return tuple(sorted(a_verifier))


def _fautes_des_dates(termes: Termes) -> Iterator[Fault]:
    if termes.fin < termes.effet:
        yield Fault("/fin", "dates-inversees", "La fin vient avant l'effet : corrigez l'une des deux.")
    if not termes.parts:
        yield Fault("/parts", "manquant", "Une convention donne au moins une part du flux : indiquez-la.")


def _fautes_de_la_part(termes: Termes, rang: int, part: PartConvenue, couvre: Callable[[str], bool]) -> Iterator[Fault]:
    ici = f"/parts/{rang}"
    if part.au < part.du or part.du < termes.effet or part.au > termes.fin:
        yield Fault(f"{ici}/depuis", "hors-convention", "Les dates de la part tiennent dans celles de la convention.")
    for commune in part.communes:
        if not territoire.existe(commune) or territoire.commune(commune).departement != termes.departement:
            yield Fault(
                f"{ici}/communes",
                "hors-departement",
                f"La commune {commune} n'est pas du département {termes.departement} : une convention par département.",
            )
        elif termes.type_reservataire in _TERRITORIALES and not couvre(commune):
            yield Fault(
                f"{ici}/communes",
                "hors-territoire",
                f"La commune {commune} n'est pas du territoire du réservataire : retirez-la (R441-5-3).",
            )


def _refuser_le_doublon(termes: Termes, signees: Sequence[ConventionEnVigueur]) -> None:
    for autre in signees:
        fin = autre.termes.fin if autre.resiliee_le is None else min(autre.termes.fin, autre.resiliee_le)
        meme = autre.termes.reservataire == termes.reservataire and autre.termes.departement == termes.departement
        if meme and termes.effet <= fin and autre.termes.effet <= termes.fin and autre.resiliee_le != termes.effet:
            raise ConventionRefusee(
                f"La convention {autre.termes.numero} lie déjà ce bailleur à ce réservataire dans ce département jusqu'au "
                f"{fin:%d/%m/%Y} : résiliez-la, ou faites un avenant (R441-5 I : une seule convention)."
            )


def _jours_utiles(nouvelle: ConventionEnVigueur, signees: Sequence[ConventionEnVigueur]) -> list[date]:
    """The days within the new convention on which the shares in force change."""
    termes = nouvelle.termes
    debuts = {termes.effet, *(part.du for part in termes.parts)}
    for autre in signees:
        debuts |= {autre.termes.effet, *(part.du for part in autre.termes.parts)}
    return sorted(jour for jour in debuts if termes.effet <= jour <= termes.fin)


def _lieux(termes: Termes) -> set[tuple[str, bool]]:
    return {
        (commune, qpv)
        for part in termes.parts
        for commune in part.communes
        for qpv in ((False, True) if part.qpv is None else (part.qpv,))
    }


def _parts(en_vigueur: Sequence[ConventionEnVigueur], commune: str, *, qpv: bool, le: date) -> PartsControlees:
    etat = agents = garanties = Fraction(0)
    stipulation = False
    for une in en_vigueur:
        termes = une.termes
        part = termes.part_dans(commune, qpv=qpv, le=le)
        if termes.type_reservataire in _ETAT:
            etat += part
            agents += part if termes.type_reservataire == _AGENTS else 0
            stipulation = stipulation or termes.stipulation_hors_qpv
        elif termes.type_reservataire in COLLECTIVITES:
            garanties += _garantie(termes, commune, qpv=qpv, le=le)
    return PartsControlees(etat, agents, garanties, None if qpv or not etat else etat, stipulation)


def _garantie(termes: Termes, commune: str, *, qpv: bool, le: date) -> Fraction:
    garanties = tuple(part for part in termes.parts if part.contrepartie is Contrepartie.GARANTIE)
    return replace(termes, parts=garanties).part_dans(commune, qpv=qpv, le=le)


def _jugeable(termes: Termes, entourage: Entourage) -> bool:
    """Whether the State's minimum may be held against this signature: it is the State's own, and its last one."""
    return termes.type_reservataire in _ETAT and not entourage.etat_attendus


def _phrase(violations: Sequence[tuple[str, Violation]]) -> str:
    plafonds = dict.fromkeys(violation.plafond for _, violation in violations)
    dites = " ; ".join(_PHRASES[plafond] for plafond in plafonds)
    return f"La convention ne peut pas être signée : {dites}. Réduisez la part indiquée, puis signez de nouveau."


def _fautes_de_plafond(violations: Sequence[tuple[str, Violation]]) -> Iterator[Fault]:
    vus: set[Plafond] = set()
    for commune, violation in violations:
        if violation.plafond not in vus:
            vus.add(violation.plafond)
            yield Fault(
                "/parts",
                violation.plafond.value,
                f"{_pourcent(violation.valeur)} trouvés dans la commune {commune}, limite {_pourcent(violation.limite)} "
                f"({violation.article}).",
            )


def _pourcent(part: Fraction) -> str:
    return f"{Decimal(100 * part.numerator) / part.denominator:.4g} %".replace(".", ",")
