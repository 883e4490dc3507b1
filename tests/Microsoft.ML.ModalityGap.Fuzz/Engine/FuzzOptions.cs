using System.Globalization;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The command line.</summary>
internal sealed record FuzzOptions
{
    internal const string Help =
        """
        Attacks every reader of the library with inputs that are nearly right.

          --inputs N         how many inputs, over all readers (20000)
          --seed N           which ones (1); the same seed draws the same inputs where nothing is instrumented
          --target NAME      only this reader, or those whose name begins so
          --except A,B       all readers but these
          --plain            without SharpFuzz's instrumentation: inputs are drawn from right ones only, and edges are not counted
          --workers N        processes side by side (one per core)
          --minutes N        begins nothing new after that time
          --failures DIR     where failing inputs are kept (fuzz-failures in the current folder)
          --replay FILE      runs one kept input again, in this process
          --list             names the readers
          --soak MINUTES     instead: the search service under honest and hostile load for so long
        """;

    internal long Inputs { get; private init; } = 20_000;

    internal int Seed { get; private init; } = 1;

    internal string? Target { get; private init; }

    internal IReadOnlyList<string> Except { get; private init; } = [];

    /// <summary>Whether inputs are guided by the edges they go over.</summary>
    internal bool IsInstrumented { get; private init; } = true;

    internal int Workers { get; private init; } = Environment.ProcessorCount;

    internal TimeSpan Duration { get; private init; } = TimeSpan.FromDays(1);

    internal string Failures { get; private init; } = Path.GetFullPath("fuzz-failures");

    internal string? Replay { get; private init; }

    internal bool Lists { get; private init; }

    internal TimeSpan? Soak { get; private init; }

    /// <summary>Set in the processes that do the work.</summary>
    internal string? WorkFolder { get; private init; }

    internal FuzzLimits Limits { get; private init; } = FuzzLimits.Default;

    internal IReadOnlyList<FuzzTarget> Targets => Target is null
        ? [.. FuzzTargets.All.Where(target => !Except.Contains(target.Name))]
        : [.. FuzzTargets.Known.Where(target => target.Name.StartsWith(Target, StringComparison.Ordinal))];

    /// <exception cref="ArgumentException">An option is not known, or its value is not of its kind.</exception>
    internal static FuzzOptions Parse(string[] arguments)
    {
        var options = new FuzzOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
            long Number() => long.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new ArgumentException($"{arguments[i - 1]} needs a positive number.");
            options = arguments[i] switch
            {
                "--inputs" => options with { Inputs = Number() },
                "--seed" => options with { Seed = (int)Number() },
                "--target" => options with { Target = Value() },
                "--except" => options with { Except = Value().Split(',') },
                "--plain" => options with { IsInstrumented = false },
                "--workers" => options with { Workers = (int)Number() },
                "--minutes" => options with { Duration = TimeSpan.FromMinutes(Number()) },
                "--failures" => options with { Failures = Path.GetFullPath(Value()) },
                "--replay" => options with { Replay = Value() },
                "--soak" => options with { Soak = TimeSpan.FromMinutes(Number()) },
                "--list" => options with { Lists = true },
                "--wall-seconds" => options with { Limits = options.Limits with { WallTime = TimeSpan.FromSeconds(Number()) } },
                "--worker" => options with { WorkFolder = Value() },
                _ => throw new ArgumentException($"'{arguments[i]}' is not known.\n{Help}"),
            };
        }

        return options.Targets.Count > 0 ? options : throw new ArgumentException($"No reader is called '{options.Target}'; --list names them.");
    }

    /// <summary>The line for a process that does the work.</summary>
    internal string[] ForWorker(string folder) =>
    [
        "--worker", folder, "--seed", Seed.ToString(CultureInfo.InvariantCulture), "--failures", Failures, "--wall-seconds", ((int)Limits.WallTime.TotalSeconds).ToString(CultureInfo.InvariantCulture), .. IsInstrumented ? Array.Empty<string>() : ["--plain"],
    ];
}
