"""A demande as the lines of its `demandeLogement` element, one element a line (contracts/sne/interface-nuu-02.01.xsd)."""

from xml.sax.saxutils import escape

from demo.modele import Adresse, Adulte, Demande, Emploi, Handicap, LogementActuel, Ressource, RevenuFiscal

Lignes = list[str]


def lignes_de_la_demande(demande: Demande) -> Lignes:
    """The element `demandeLogement`, from its opening to its closing tag."""
    lignes = ["<demandeLogement>"]
    _texte(lignes, "numUnique", demande.numero)
    lignes.append(f"<numGuichet>{demande.guichet}</numGuichet>")
    lignes.append(f"<dateCreationDemande>{demande.depot}</dateCreationDemande>")
    if demande.renouvellement:
        lignes.append(f"<dateDernierRenouvellement>{demande.renouvellement}</dateDernierRenouvellement>")
    lignes.append(f"<dateFinValidite>{demande.fin_validite}</dateFinValidite>")
    _menage(lignes, demande)
    lignes.append("<listeMotifDemande>")
    lignes.extend(f'<motifDemande code="{motif}"/>' for motif in demande.motifs)
    _texte(lignes, "precisionMotif", demande.precision_motif)
    lignes.append("</listeMotifDemande>")
    if demande.expulsion:
        lignes.append("<procedureExpulsion>")
        lignes.append(f'<stadeExpulsion code="{demande.expulsion.stade}"/>')
        lignes.append(f"<dateStade>{demande.expulsion.le}</dateStade>")
        lignes.append("</procedureExpulsion>")
    _recherche(lignes, demande)
    if demande.handicap:
        _handicap(lignes, demande.handicap)
    _complements(lignes, demande)
    lignes.append("</demandeLogement>")
    return lignes


def _texte(lignes: Lignes, balise: str, valeur: str | int | None) -> None:
    """An element holding a text or a number; nothing when the value is not known."""
    if valeur is not None:
        contenu = escape(valeur) if isinstance(valeur, str) else valeur
        lignes.append(f"<{balise}>{contenu}</{balise}>")


def _booleen(valeur: bool) -> str:
    return "true" if valeur else "false"


def _menage(lignes: Lignes, demande: Demande) -> None:
    lignes.append("<personnePhysique>")
    lignes.append("<demandeur>")
    _identite(lignes, demande.demandeur)
    _texte(lignes, "telPortable", demande.demandeur.telephone)
    _texte(lignes, "mel", demande.demandeur.mel)
    _adresse(lignes, demande.adresse)
    _ressources(lignes, demande.demandeur)
    lignes.append("<listeRessourceRecuePersACharge/>")
    lignes.append("<listeRessourceVerseePersACharge/>")
    lignes.append("</demandeur>")
    _a_charge(lignes, demande)
    if demande.cotitulaires:
        lignes.append("<listeCotitulaire>")
        for cotitulaire in demande.cotitulaires:
            lignes.append("<cotitulaire>")
            _identite(lignes, cotitulaire)
            lignes.append(f'<lienDemandeur code="{cotitulaire.lien}"/>')
            _ressources(lignes, cotitulaire)
            lignes.append("</cotitulaire>")
        lignes.append("</listeCotitulaire>")
    _logement(lignes, demande.logement)
    lignes.append("</personnePhysique>")


def _identite(lignes: Lignes, adulte: Adulte) -> None:
    lignes.append(f'<civilite code="{adulte.civilite}"/>')
    lignes.append(f"<nom>{escape(adulte.nom)}</nom>")
    _texte(lignes, "nomPatronymique", adulte.nom_patronymique)
    lignes.append(f"<prenom>{escape(adulte.prenom)}</prenom>")
    lignes.append(f"<dateNaissance>{adulte.naissance}</dateNaissance>")
    lignes.append(f'<nationalite code="{adulte.nationalite}"/>')
    lignes.append(f'<situationFamiliale code="{adulte.situation_familiale}"/>')


def _adresse(lignes: Lignes, adresse: Adresse) -> None:
    lignes.append("<adressePostale>")
    lignes.append("<etranger>false</etranger>")
    _texte(lignes, "batiment", adresse.batiment)
    _texte(lignes, "escalier", adresse.escalier)
    _texte(lignes, "etage", adresse.etage)
    _texte(lignes, "appartement", adresse.appartement)
    lignes.append(f"<numero>{adresse.numero}</numero>")
    lignes.append(f"<voie>{escape(adresse.voie)}</voie>")
    lignes.append(f"<codePostal>{adresse.code_postal}</codePostal>")
    lignes.append(f'<commune code="{adresse.commune}"/>')
    lignes.append("</adressePostale>")


def _ressources(lignes: Lignes, adulte: Adulte) -> None:
    _emploi(lignes, adulte.emploi)
    _revenu(lignes, adulte.revenu)
    _liste_ressources(lignes, "listeRessourceRecue", adulte.recues)
    _liste_ressources(lignes, "listeRessourceVersee", adulte.versees)


def _emploi(lignes: Lignes, emploi: Emploi) -> None:
    lignes.append("<situationProfessionnelle>")
    _texte(lignes, "profession", emploi.profession)
    lignes.append(f'<typeContratTravail code="{emploi.contrat}"/>')
    _texte(lignes, "nomEmployeurPrincipal", emploi.employeur)
    if emploi.commune:
        lignes.append("<etranger>false</etranger>")
        lignes.append(f"<codePostal>{emploi.code_postal}</codePostal>")
        lignes.append(f'<commune code="{emploi.commune}"/>')
    if emploi.secteur:
        lignes.append(f'<secteurEmployeur code="{emploi.secteur}"/>')
    lignes.append("</situationProfessionnelle>")


def _revenu(lignes: Lignes, revenu: RevenuFiscal) -> None:
    lignes.append("<revenuFiscal>")
    lignes.append(f"<anneeMoins1>{revenu.annee_moins_1}</anneeMoins1>")
    _texte(lignes, "montantMoins1", revenu.montant_moins_1)
    lignes.append(f"<anneeMoins2>{revenu.annee_moins_2}</anneeMoins2>")
    _texte(lignes, "montantMoins2", revenu.montant_moins_2)
    lignes.append("</revenuFiscal>")


def _liste_ressources(lignes: Lignes, balise: str, ressources: tuple[Ressource, ...]) -> None:
    if not ressources:
        lignes.append(f"<{balise}/>")
        return
    lignes.append(f"<{balise}>")
    for ressource in ressources:
        lignes.append("<detailRessource>")
        lignes.append(f'<ressource code="{ressource.code}"/>')
        lignes.append(f"<montant>{ressource.montant}</montant>")
        lignes.append("</detailRessource>")
    lignes.append(f"</{balise}>")


def _a_charge(lignes: Lignes, demande: Demande) -> None:
    if demande.a_charge:
        lignes.append("<listePersonneACharge>")
        for personne in demande.a_charge:
            lignes.append("<personneACharge>")
            lignes.append(f"<nom>{escape(personne.nom)}</nom>")
            lignes.append(f"<prenom>{escape(personne.prenom)}</prenom>")
            lignes.append(f"<dateNaissance>{personne.naissance}</dateNaissance>")
            lignes.append(f'<sexe code="{personne.sexe}"/>')
            lignes.append(f'<lienParente code="{personne.lien}"/>')
            lignes.append("</personneACharge>")
        lignes.append("</listePersonneACharge>")
    if demande.attendus:
        lignes.append("<personneANaitre>")
        lignes.append(f"<nombre>{demande.attendus.nombre}</nombre>")
        lignes.append(f"<dateNaissancePrevue>{demande.attendus.date_prevue}</dateNaissancePrevue>")
        lignes.append("</personneANaitre>")
    if demande.en_garde:
        lignes.append("<listePersonneEnGarde>")
        for enfant in demande.en_garde:
            lignes.append("<personneEnGarde>")
            lignes.append(f"<dateNaissance>{enfant.naissance}</dateNaissance>")
            lignes.append(f'<sexe code="{enfant.sexe}"/>')
            lignes.append(f'<coParentalite code="{enfant.coparentalite}"/>')
            lignes.append("</personneEnGarde>")
        lignes.append("</listePersonneEnGarde>")


def _logement(lignes: Lignes, logement: LogementActuel) -> None:
    lignes.append("<logementActuel>")
    lignes.append("<listeModeleLogement>")
    lignes.append(f'<modeleLogement code="{logement.modele}"/>')
    lignes.append("</listeModeleLogement>")
    _texte(lignes, "montantMensuelLoyer", logement.loyer)
    lignes.append(f"<nombreHabitant>{logement.occupants}</nombreHabitant>")
    if logement.categorie:
        lignes.append(f'<categorieLogement code="{logement.categorie}"/>')
        lignes.append(f'<typeLogementActuel code="{logement.typologie}"/>')
    _texte(lignes, "surface", logement.surface)
    lignes.append(f"<proprietaire>{_booleen(logement.proprietaire)}</proprietaire>")
    lignes.append(f"<dateEntreeLogement>{logement.depuis}</dateEntreeLogement>")
    _texte(lignes, "montantMensuelCharges", logement.charges)
    _texte(lignes, "montantMensuelAideLogement", logement.aide)
    _texte(lignes, "sirenBailleur", logement.siren_bailleur)
    lignes.append("</logementActuel>")


def _recherche(lignes: Lignes, demande: Demande) -> None:
    lignes.append("<logementRecherche>")
    lignes.append("<listeTypeLogement>")
    lignes.extend(f'<typeLogement code="{typologie}"/>' for typologie in demande.typologies)
    lignes.append("</listeTypeLogement>")
    lignes.append(f'<categorieLogementRecherche code="{demande.categorie_recherchee}"/>')
    lignes.append(f"<demandeElargie>{_booleen(demande.elargie)}</demandeElargie>")
    lignes.append("<listeLocalisationSouhaite>")
    for lieu in demande.lieux:
        lignes.append("<localisationSouhaite>")
        lignes.append(f'<commune code="{lieu.commune}"/>')
        _texte(lignes, "quartier", lieu.quartier)
        lignes.append("</localisationSouhaite>")
    lignes.append("</listeLocalisationSouhaite>")
    _texte(lignes, "loyerMaximum", demande.loyer_maximum)
    if demande.accepte_qpv is not None:
        lignes.append(f"<accepteQpv>{_booleen(demande.accepte_qpv)}</accepteQpv>")
    lignes.append("</logementRecherche>")


def _codes(lignes: Lignes, liste: str, balise: str, codes: tuple[str, ...]) -> None:
    if codes:
        lignes.append(f"<{liste}>")
        lignes.extend(f'<{balise} code="{code}"/>' for code in codes)
        lignes.append(f"</{liste}>")


def _handicap(lignes: Lignes, handicap: Handicap) -> None:
    lignes.append("<complementHandicap>")
    lignes.append(f"<prenomPersonne>{escape(handicap.prenom)}</prenomPersonne>")
    _codes(lignes, "listeEtatHandicap", "etatHandicap", (handicap.etat,))
    lignes.append(f'<capaciteMarche code="{handicap.marche}"/>')
    _codes(lignes, "listeHandicapMoteur", "handicapMoteur", handicap.moteur)
    _codes(lignes, "listeHandicapSensoriel", "handicapSensoriel", handicap.sensoriel)
    _codes(lignes, "listeAideTechnique", "aideTechnique", handicap.aides)
    _codes(lignes, "listeEquipement", "equipement", handicap.equipements)
    lignes.append(f"<logementAdapte>{_booleen(handicap.logement_adapte)}</logementAdapte>")
    lignes.append("</complementHandicap>")


def _complements(lignes: Lignes, demande: Demande) -> None:
    if not (demande.autres_numeros or demande.dalo or demande.labels):
        return
    lignes.append("<complements>")
    if demande.autres_numeros:
        lignes.append("<listeAutreNumUnique>")
        for autre in demande.autres_numeros:
            lignes.append("<autreNumUnique>")
            lignes.append(f"<numUnique>{autre.numero}</numUnique>")
            lignes.append(f'<departement code="{autre.departement}"/>')
            lignes.append(f"<dateCreationDemande>{autre.depot}</dateCreationDemande>")
            lignes.append("</autreNumUnique>")
        lignes.append("</listeAutreNumUnique>")
    if demande.dalo:
        lignes.append("<dalo>")
        lignes.append(f'<statutDalo code="{demande.dalo.statut}"/>')
        lignes.append(f"<dateDecision>{demande.dalo.decision}</dateDecision>")
        lignes.append(f'<typologieDalo code="{demande.dalo.typologie}"/>')
        lignes.append(f'<departement code="{demande.dalo.departement}"/>')
        lignes.append("</dalo>")
    if demande.labels:
        lignes.append("<listeLabel>")
        for label in demande.labels:
            lignes.append("<label>")
            lignes.append(f'<labelPriorite code="{label.code}"/>')
            lignes.append(f"<dateLabel>{label.pose_le}</dateLabel>")
            lignes.append(f"<organisation>{escape(label.organisation)}</organisation>")
            lignes.append("</label>")
        lignes.append("</listeLabel>")
    lignes.append("</complements>")
