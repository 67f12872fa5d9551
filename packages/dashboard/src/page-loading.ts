// A page is loaded when it is first gone to. Where that fails it is either because the server does not answer, or because it has been
// upgraded since: then it has other scripts by now.

export class PageNotLoaded extends Error {
  override readonly name = 'PageNotLoaded';
  constructor(cause: unknown) {
    super('The server did not answer, so this page could not be loaded.', { cause });
  }
}

/** Whether anything answers where this page came from. */
export const serverAnswers = async (ask: typeof fetch = fetch): Promise<boolean> => {
  try {
    return (await ask('/healthz', { cache: 'no-store' })).ok;
  } catch {
    return false;
  }
};

/** What is thrown where the server answers is the router's: it loads the page anew, which finds the scripts of the new release. */
export const pageOf =
  <T>(load: () => Promise<T>, answers: () => Promise<boolean> = serverAnswers) =>
  async (): Promise<T> => {
    try {
      return await load();
    } catch (error) {
      throw (await answers()) ? error : new PageNotLoaded(error);
    }
  };
