"""Email Trigger: where an execution begins; mail that no machine may answer leaves by its own output."""

from pydantic import BaseModel, ConfigDict

from postroom.interfaces.node import NodeContext, node
from postroom.mime.own_mail import own_reason
from postroom.model.execution import Outcome


class EmailTriggerConfig(BaseModel):
    """The trigger has no settings: the mailbox names the workflow."""

    model_config = ConfigDict(extra="forbid")


@node(
    name="email_trigger",
    title="Email Trigger",
    config=EmailTriggerConfig,
    outputs=("email", "automatic"),
    starts=True,
)
async def email_trigger(context: NodeContext, config: EmailTriggerConfig) -> Outcome:
    """Let the mail of people in; automatic mail and our own takes the output `automatic` with the reason."""
    del config
    reason = context.email.automatic or _own(context)
    if reason is not None:
        return Outcome(output="automatic", ignored=reason, note=f"no machine may answer: {reason}")
    return Outcome(output="email")


def _own(context: NodeContext) -> str | None:
    mailboxes = context.services.mailboxes.values()
    ours = [address for mailbox in mailboxes for address in (mailbox.address.address, *mailbox.aliases)]
    return own_reason(context.email, addresses=ours, secret=context.services.identity.secret)
