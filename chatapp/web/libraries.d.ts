/** What the client uses of libraries that ship without types. */

declare module "highlight.js" {
  export interface Branch {
    scope?: string;
    children: (string | Branch)[];
  }
  interface Highlighter {
    getLanguage(name: string): object | undefined;
    highlight(code: string, options: { language: string; ignoreIllegals: boolean }): { _emitter: { rootNode: Branch } };
  }
  const highlighter: Highlighter;
  export default highlighter;
}
