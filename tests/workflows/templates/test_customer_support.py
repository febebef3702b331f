"""The shipped workflow: the eight nodes and every edge that was asked for."""

from postroom.workflows.load import template

SHIPPED = template("customer_support")
EDGES = {f"{edge.source}.{edge.output} → {edge.target}" for edge in SHIPPED.edges}


def test_it_has_the_eight_nodes() -> None:
    assert [(node.type, node.title) for node in SHIPPED.nodes] == [
        ("email_trigger", "Email Trigger"),
        ("ai_classifier", "AI Classifier"),
        ("priority_router", "Priority Router"),
        ("urgent_handler", "Urgent Handler"),
        ("auto_responder", "Auto Responder"),
        ("human_review", "Human Review"),
        ("email_sender", "Email Sender"),
        ("data_logger", "Data Logger"),
    ]
    assert all(node.id == node.type for node in SHIPPED.nodes)


def test_it_has_the_edges_that_were_asked_for_and_no_others() -> None:
    assert {
        "email_trigger.email → ai_classifier",
        "ai_classifier.classified → priority_router",
        "priority_router.urgent → urgent_handler",
        "priority_router.urgent → human_review",
        "priority_router.uncertain → human_review",
        "priority_router.complex → human_review",
        "priority_router.common → auto_responder",
        "auto_responder.unsure → human_review",
        "auto_responder.sure → email_sender",
        "human_review.approved → email_sender",
        "email_sender.sent → data_logger",
        # What ends without a reply is logged, too.
        "email_trigger.automatic → data_logger",
        "human_review.rejected → data_logger",
        "human_review.observed → data_logger",
        "email_sender.uncertain → data_logger",
        "email_sender.withdrawn → data_logger",
    } == EDGES
