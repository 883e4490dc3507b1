namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>How an input broke what is promised.</summary>
internal enum FuzzFaultKind
{
    /// <summary>An exception that is not documented.</summary>
    Exception,

    /// <summary>A result that is wrong.</summary>
    Result,

    /// <summary>More memory than allowed.</summary>
    Memory,

    /// <summary>More processor time than allowed, or no end.</summary>
    Time,

    /// <summary>A handle of the input's file is still open.</summary>
    Handle,

    /// <summary>A file is left.</summary>
    File,

    /// <summary>The process ended.</summary>
    Death,
}

/// <summary>A fault: who, how, with what. Those of the same <see cref="Place"/> are one.</summary>
internal sealed record FuzzFault(string Target, FuzzFaultKind Kind, string Place, string Detail, string? InputFile);
