namespace Microsoft.ML.ModalityGap.Tool;

internal static class Program
{
    private static Task<int> Main(string[] args) => ModalityGapCommand.RunAsync(args, ToolConsole.ForProcess());
}
