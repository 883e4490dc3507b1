// Attacks every reader of the library: tests/Microsoft.ML.ModalityGap.RobustnessTests runs a fixed part of it, docs/security.md says what longer runs found.
//
//   dotnet run -c Release --project tests/Microsoft.ML.ModalityGap.Fuzz -- --inputs 1000000
using Microsoft.ML.ModalityGap.Fuzz;

try
{
    var options = FuzzOptions.Parse(args);
    if (options.WorkFolder is not null)
        return Worker.Run(options);
    if (options.Lists)
    {
        foreach (var target in FuzzTargets.All)
            Console.WriteLine($"{target.Name,-24} {string.Join(", ", target.Covers)}");
        return 0;
    }

    if (options.Soak is { } duration)
        return await SoakRun.RunAsync(duration, Console.Out);
    if (options.Replay is not null)
        return Replay.Run(options);
    var run = FuzzRun.Run(options);
    Console.WriteLine(FuzzTable.Write(run, options.IsInstrumented));
    return run.Results.Any(result => result.FaultCount > 0) ? 1 : 0;
}
catch (Exception exception) when (exception is ArgumentException or FileNotFoundException)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
