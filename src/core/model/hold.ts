/** What stops `/promote` and `/deploy` of a release: a file on the gitops branch. '' is what the file does not say. */
export interface Hold {
  readonly who: string; // login
  readonly why: string;
  readonly when: string; // ISO
}
