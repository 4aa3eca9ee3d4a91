/** A request that is refused, in words for the log of the agent. */
export class Refusal extends Error {}
