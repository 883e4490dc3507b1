using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Cluster;

/// <summary>A silo as a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="settings">What it is told.</param>
    /// <param name="before">A command, and its arguments, that starts it, such as one that enters a network namespace.</param>
    internal SiloProcess(SiloSettings settings, params string[] before)
    {
        Settings = settings;
        var assembly = typeof(SiloProcess).Assembly.Location;
        string[] command = [.. before, "dotnet", assembly, "silo", .. settings.ToArguments()];
        _process = new Process { StartInfo = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true }, EnableRaisingEvents = true };

        // What it says must be read as long as it runs: it would wait for a reader.
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException($"The silo at {settings.Address}:{settings.SiloPort} did not start: {LastWords}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal SiloSettings Settings { get; }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>What it said last.</summary>
    internal string LastWords
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>A port on which nothing listens, below those that systems give to whoever asks for any: nobody is given it before its silo listens.</summary>
    internal static int FindPort()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 32_768);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Another may be free.
            }
        }
    }

    /// <summary>Waits until it has joined the cluster.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    /// <exception cref="TimeoutException">It does neither.</exception>
    internal Task WaitUntilReadyAsync() => _ready.Task.WaitAsync(TimeSpan.FromMinutes(3));

    /// <summary>Ends it as a power cut would.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Lets it stand still, or go on: a silo that is slow, and does not know.</summary>
    internal void Pause(bool isPaused)
    {
        using var signal = Process.Start("kill", [isPaused ? "-STOP" : "-CONT", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        signal.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _ready.Task.Exception?.Handle(_ => true);
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line == SiloHost.Ready)
            _ready.TrySetResult();
        if (line is null)
            return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > 40)
                _lines.Dequeue();
        }
    }
}
