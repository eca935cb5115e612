export declare const fence: import("eslint").Rule.RuleModule;
