using System.Diagnostics;
using System.Globalization;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The search service under honest and hostile load at once, over loopback: a line a minute with how long the honest waited and what the service had in memory.</summary>
internal static class SoakRun
{
    private const int Port = 50_917;

    private static readonly TimeSpan _interval = TimeSpan.FromMinutes(1);

    /// <summary>Runs for so long; 1 where an honest request failed or the service ended.</summary>
    internal static async Task<int> RunAsync(TimeSpan duration, TextWriter output)
    {
        using var service = await ServiceProcess.StartAsync(Port);
        using var stop = new CancellationTokenSource();
        var (honest, hostile) = (new HonestClients(Port), new HostileClients(Port));
        Task[] clients = [honest.RunAsync(stop.Token), hostile.RunAsync(stop.Token)];
        var (all, watch) = (new List<double>(), Stopwatch.StartNew());
        output.WriteLine("| minute | honest answers | p50 | p99 | slowest | errors | memory | most so far |");
        output.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (var minute = 1; watch.Elapsed < duration && !service.HasExited; minute++)
        {
            await Task.Delay(_interval < duration - watch.Elapsed ? _interval : TimeSpan.FromMilliseconds(Math.Max(1, (duration - watch.Elapsed).TotalMilliseconds)));
            var latencies = honest.TakeLatencies();
            all.AddRange(latencies);
            var (now, most) = service.HasExited ? (0, 0) : service.ReadMemory();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {minute} | {latencies.Length} | {Percentile(latencies, 0.5):0} ms | {Percentile(latencies, 0.99):0} ms | {Percentile(latencies, 1):0} ms | {honest.Errors.Count} | {now:0} MB | {most:0} MB |"));
            output.Flush();
        }

        var hasExited = service.HasExited;
        await stop.CancelAsync();
        await Task.WhenAny(Task.WhenAll(clients), Task.Delay(TimeSpan.FromSeconds(30)));
        var every = all.ToArray();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"\n{every.Length} honest answers in {watch.Elapsed.TotalMinutes:0.0} minutes: p50 {Percentile(every, 0.5):0} ms, p99 {Percentile(every, 0.99):0} ms; {honest.Errors.Count} errors{(hasExited ? "; the service ended" : "")}."));
        output.WriteLine("Hostile, by what came of it:");
        foreach (var (what, count) in hostile.Counts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
            output.WriteLine($"- {what} {count}");
        foreach (var error in honest.Errors.Take(20))
            output.WriteLine($"! {error}");
        return hasExited || honest.Errors.Count > 0 ? 1 : 0;
    }

    private static double Percentile(double[] latencies, double share)
    {
        if (latencies.Length == 0)
            return double.NaN;
        Array.Sort(latencies);
        return latencies[Math.Min(latencies.Length - 1, (int)(share * latencies.Length))];
    }
}
