using System.Runtime.InteropServices;

namespace Cluster;

/// <summary>Tells of a SIGTERM or a Ctrl+C, so that what waits can end in order, its silos with it. A host that is only started would take the signal and end nothing.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>What a process ends with that was told to.</summary>
    internal const int ExitCode = 143;

    private readonly CancellationTokenSource _stopped = new();
    private readonly PosixSignalRegistration[] _registrations;

    internal StopSignals() => _registrations = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(signal => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _stopped.Cancel();
    }))];

    internal CancellationToken Token => _stopped.Token;

    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _stopped.Dispose();
    }
}
