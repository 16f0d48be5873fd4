/** A rendered object, before it is written. */
export type Manifest = Readonly<Record<string, unknown>> & {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

/** Path on the gitops branch -> text. */
export type ManifestSet = ReadonlyMap<string, string>;
