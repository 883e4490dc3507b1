namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The options that all commands have from the root, by the names under which they are found.</summary>
internal static class GlobalOptions
{
    internal const string Json = "--json";
    internal const string Quiet = "--quiet";
    internal const string Force = "--force";
    internal const string NoConfig = "--no-config";
    internal const string Verbose = "--verbose";
}
