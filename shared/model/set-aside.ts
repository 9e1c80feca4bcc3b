/** A file of the app that could not be used at start, and was moved out of the way: the app began without it. */
export interface SetAside {
  /** its whole path, where it was */
  readonly file: string;
  /** its whole path, where it is now */
  readonly movedTo: string;
  /** what is wrong with it, without a full stop; may have several lines. Never what a file of secrets holds */
  readonly why: string;
}
