namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>The command line asks for what cannot be done; the message says what is expected.</summary>
internal sealed class UsageException(string message) : Exception(message);
