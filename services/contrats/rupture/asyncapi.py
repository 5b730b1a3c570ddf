"""The breaks of the topics, for who consumes them from Kafka; the payloads are the published schemas, compared on their own."""

from collections.abc import Iterator

from services.contrats.rupture.schemas import Schema


def ruptures_d_asyncapi(avant: Schema, apres: Schema) -> Iterator[str]:
    """Every break between two AsyncAPI documents: a topic gone, moved or cut otherwise, a type of event gone from it."""
    for nom, ancien in avant.get("channels", {}).items():
        nouveau = apres.get("channels", {}).get(nom)
        if nouveau is None:
            yield f"asyncapi : le canal « {nom} » a disparu"
            continue
        for cle in ("address", "bindings"):
            if ancien.get(cle) != nouveau.get(cle):
                yield f"asyncapi, canal « {nom} » : « {cle} » était {ancien.get(cle)}, devient {nouveau.get(cle)}"
        for message in sorted(ancien.get("messages", {}).keys() - nouveau.get("messages", {}).keys()):
            yield f"asyncapi, canal « {nom} » : le message « {message} » a disparu"
