/** Something was understood and declined: why, as data. `report/refusal.ts` has the words. */
export type Refusal =
  | { readonly code: 'settings-errors'; readonly file: string }
  | { readonly code: 'foreign-branch'; readonly branch: string; readonly mark: string } // no file of that name is on it
  | { readonly code: 'lost-branch'; readonly branch: string; readonly commit?: string; readonly reports: string }
  | { readonly code: 'no-values'; readonly branch: string }
  | { readonly code: 'mass-removal'; readonly count: number; readonly of: number } // releases
  | { readonly code: 'mass-change'; readonly count: number; readonly of: number };
