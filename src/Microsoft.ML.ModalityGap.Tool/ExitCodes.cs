namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>What the process says to the shell.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    /// <summary>Neither the usage nor the input is to blame.</summary>
    internal const int Failure = 1;

    /// <summary>Bad usage or bad input.</summary>
    internal const int BadInput = 2;

    /// <summary>All went well, and <c>drift</c> has found drift.</summary>
    internal const int Drift = 3;

    /// <summary>Ctrl+C: 128 + SIGINT, as shells have it.</summary>
    internal const int Interrupted = 130;
}
