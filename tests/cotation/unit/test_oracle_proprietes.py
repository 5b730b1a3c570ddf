"""What holds for any grid and any situation, by the oracle, on the grids that the campaign draws."""

import copy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings

from services.cotation.domain.calendrier import ajouter_mois
from services.cotation.domain.evenements import fait, jour
from services.cotation.domain.grille import Bloc, Bornes, Grille, Mode
from services.cotation.domain.oracle import evaluer
from services.cotation.domain.oracle.evaluation import borner
from services.cotation.domain.resultat import Ligne, Raison, Resultat, Role
from tests.cotation.abrege import regle
from tests.cotation.campagne.cas import Cas, cas

FIN_DE_MOIS = timedelta(3)
"""An event placed by whole months after a 31st may expire up to three days later in a longer month."""
SANS_BORNES = Bornes()
tires = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def resultats(tire: Cas, grille: Grille | None = None) -> list[Resultat]:
    return [evaluer(grille or tire.grille, situation, tire.as_of) for situation in tire.situations]


def comptees(resultat: Resultat, role: Role) -> list[Ligne]:
    return [ligne for ligne in resultat.lignes if ligne.compte and ligne.effet is role]


@tires
@given(cas())
def test_les_lignes_et_les_ajustements_font_le_total(tire):
    for resultat in resultats(tire):
        base = sum(ligne.valeur for ligne in comptees(resultat, Role.BASE))
        points = sum(ligne.valeur for ligne in comptees(resultat, Role.POINTS))
        ajustements = sum(ajustement.valeur for ajustement in resultat.ajustements)
        assert resultat.total == base * resultat.facteur + points + ajustements
        if tire.grille.mode is Mode.BASE_PAR_COEFFICIENTS:
            assert resultat.facteur == 1 + sum(k.valeur - 1 for k in comptees(resultat, Role.COEFFICIENT))


@tires
@given(cas())
def test_chaque_regle_puis_chaque_effet_a_sa_ligne_et_sa_raison(tire):
    attendues = [regle.id for regle in tire.grille.regles] + [effet.id for effet in tire.grille.effets_evenements]
    for resultat in resultats(tire):
        assert [ligne.regle for ligne in resultat.lignes] == attendues
        for ligne in resultat.lignes:
            assert ligne.compte == (ligne.raison.startswith("comptee"))
            assert not (ligne.valeur == 0 and ligne.valeur.is_signed())
        assert resultat.provisoire == any(ligne.provisoire for ligne in resultat.lignes)


@tires
@given(cas())
def test_une_evaluation_ne_change_pas_les_faits_et_se_repete(tire):
    avant = copy.deepcopy(tire.situations)
    premiers = resultats(tire)
    assert repr(avant) == repr(tire.situations)
    assert [repr(resultat) for resultat in resultats(tire)] == [repr(resultat) for resultat in premiers]


@tires
@given(cas())
def test_l_ordre_des_regles_ne_change_ni_le_total_ni_une_ligne(tire):
    a_l_envers = replace(tire.grille, regles=tire.grille.regles[::-1])
    for droit, inverse in zip(resultats(tire), resultats(tire, a_l_envers), strict=True):
        assert droit.total == inverse.total
        assert sorted(map(repr, droit.lignes)) == sorted(map(repr, inverse.lignes))


@tires
@given(cas())
def test_ajouter_un_critere_positif_n_abaisse_jamais_un_total_additif_sans_bornes(tire):
    gardees = tuple(regle for regle in tire.grille.regles if regle.nature == "points")
    nue = replace(
        tire.grille,
        mode=Mode.ADDITIF,
        regle_de_base=None,
        regles=tuple(replace(regle, bornes=None) for regle in gardees),
        blocs=tuple(Bloc(bloc.id, bloc.libelle) for bloc in tire.grille.blocs),
        bornes_regle=SANS_BORNES,
        bornes_total=SANS_BORNES,
        regles_de_bloc=(),
        groupes=(),
    )
    augmentee = replace(nue, regles=(*nue.regles, regle("PLUS", "0.25", bloc="vie")))
    for avant, apres in zip(resultats(tire, nue), resultats(tire, augmentee), strict=True):
        assert apres.total - avant.total == (0 if avant.hors_cotation else Decimal("0.25"))


@tires
@given(cas())
def test_planchers_et_plafonds_sont_tenus(tire):
    propres = {regle.id: tire.grille.bornes_de(regle) for regle in tire.grille.regles}
    for resultat in (resultat for resultat in resultats(tire) if resultat.hors_cotation is None):
        assert borner(resultat.total, tire.grille.bornes_total) == resultat.total
        for ligne in comptees(resultat, Role.POINTS) + comptees(resultat, Role.BASE):
            limites = propres.get(ligne.regle, tire.grille.bornes_regle)
            assert borner(ligne.valeur, limites) == ligne.valeur
        for bloc in tire.grille.blocs:
            points = sum(ligne.valeur for ligne in comptees(resultat, Role.POINTS) if ligne.bloc == bloc.id)
            donne = sum(un.valeur for un in resultat.ajustements if un.portee == f"bloc:{bloc.id}")
            assert borner(points + donne, bloc.bornes) == points + donne


@tires
@given(cas())
def test_un_groupe_ne_laisse_compter_qu_une_regle(tire):
    for resultat in resultats(tire):
        qui_comptent = {ligne.regle for ligne in resultat.lignes if ligne.compte}
        for groupe in tire.grille.groupes:
            assert len(qui_comptent.intersection(groupe.regles)) <= 1


@tires
@given(cas())
def test_un_malus_qui_expire_est_a_venir_et_tombe_ce_jour_la(tire):
    expirations = {effet.id: effet.expire_mois for effet in tire.grille.effets_evenements}
    for situation, resultat in zip(tire.situations, resultats(tire), strict=True):
        depart = max(tire.as_of, jour(fait(situation, "demande.date_depot")) or tire.as_of)
        for ligne in resultat.lignes:
            if ligne.expire_le is not None:
                mois = expirations[ligne.regle]
                assert mois is not None
                assert ligne.compte
                assert tire.as_of < ligne.expire_le <= ajouter_mois(depart, mois) + FIN_DE_MOIS
            elif ligne.raison is Raison.AUCUN_EVENEMENT:
                assert ligne.valeur == 0
