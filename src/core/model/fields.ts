/** Fields as Kubernetes has them; its own schema judges them. */
export type Fields = Readonly<Record<string, unknown>>;
