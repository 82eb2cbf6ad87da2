/** What the page of an absorption analysis lists, as it is stored. */
export interface AbsorptionData {
  main: { k: number; latent: number; f1: number; isMain: boolean; cosine: number }[];
  absorbers: { index: number; cosine: number; n: number; tokens: string[] }[];
  tokens: {
    before: string;
    token: string;
    after: string;
    isFull: boolean;
    mainFires: boolean;
    fraction: number;
    projection: number;
    mainProjection: number;
    /** −1 where nothing fires. */
    strongest: number;
    strongestProjection: number;
  }[];
}
