namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Runs an input that was kept once more, in this process, where a debugger can look.</summary>
internal static class Replay
{
    internal static int Run(FuzzOptions options)
    {
        // READER.KIND.CHECKSUM, where a reader's name may have points of its own.
        var target = FuzzTargets.Find(options.Target ?? string.Join('.', Path.GetFileName(options.Replay!).Split('.')[..^2]));
        var bytes = File.ReadAllBytes(options.Replay!);
        var folder = Directory.CreateTempSubdirectory("modality-gap-fuzz-");
        try
        {
            var temporary = folder.CreateSubdirectory("tmp").FullName;
            Environment.SetEnvironmentVariable("TMPDIR", temporary);
            Environment.SetEnvironmentVariable("TMP", temporary);
            var runner = new InputRunner(folder.CreateSubdirectory("inputs").FullName, options.Limits, watchdog: null);

            // Once to have everything compiled.
            runner.Run(target, target.CreateSeeds()[0], 0, isWarmUp: true);
            var outcome = runner.Run(target, bytes, 1);
            var handles = runner.FindHandles();
            Console.WriteLine($"{target.Name}: {(outcome.Fault is { } kind ? $"{kind} {outcome.Place}\n{outcome.Detail}" : outcome.IsAccepted ? "read" : $"refused: {outcome.Detail}")}");
            Console.WriteLine($"{outcome.ProcessorTime.TotalMilliseconds:0} ms of processor time, {outcome.Bytes / 1048576.0:0.0} MB, {handles.Count} handles left");
            return outcome.Fault is null && handles.Count == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
