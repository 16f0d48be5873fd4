/** A way to know what clusters have applied: one word for `readiness.by`, with all that depends on it. */
export type ReadinessSource = TimeSource | ReportSource;

/** No cluster reports: a commit counts as applied some time after it was made. */
export interface TimeSource extends SourceHead {
  readonly waitsFor: 'time';
  /** What `doctor` says of the clusters. `after`: in seconds. */
  readonly describe: (after: number) => string;
}

/** Clusters report what they have applied. */
export interface ReportSource extends SourceHead {
  readonly waitsFor: 'reports';
  /** Where Flux's Provider sends reports: to the App, or to the repository on GitHub. */
  readonly sentTo: 'app' | 'repository';
  /** Whether the Alert has to name the cluster. */
  readonly isClusterInAlert: boolean;
  /** Whether GitHub wakes Flux, by a Receiver and a webhook. */
  readonly wakesFlux: boolean;
  readonly provider: {
    readonly type: string; // of Flux's Provider
    readonly secret: ProviderSecret;
    readonly commitStatusExpr?: (cluster: string) => string; // CEL for the context of a commit status
  };
  /** What `doctor` says to do while no cluster has ever reported. */
  readonly remedy: string;
}

interface SourceHead {
  readonly name: string; // as the settings write it
  readonly meaning: string; // for the settings' schema
}

/** The Secret of a Provider. A person makes it: no Secret is ever rendered. */
export interface ProviderSecret {
  readonly suffix: string; // its name is `<flux.name>-<suffix>`
  readonly comment: string; // what its token is
  readonly isForRepository?: true; // the Secret holds a key of the repository alone, which is made of the token
  readonly variable: string; // the shell variable that the command to make it takes the token from
}
