using System.Globalization;
using TinyClip;

namespace Pretraining;

/// <summary>A finished run, and its file: comments with what was run, then a line a step.</summary>
internal sealed record RunRecord(RunOptions Options, string Corpus, int VocabularySize, double HeldOutLoss, IReadOnlyList<StepRecord> Steps)
{
    private const string Columns = "step,loss,tev,tev_spread,gradient_variance,gradient_norm,output_variance";

    internal string FileName => FormattableString.Invariant($"depth{Options.Shape.Depth:00}-{Options.Shape.Attention}-rate{Options.LearningRate:G}-seed{Options.Seed}.csv");

    internal void Save(DirectoryInfo folder)
    {
        var shape = Options.Shape;
        var lines = Steps.Select(step => FormattableString.Invariant(
            $"{step.Step},{step.Loss:R},{step.TokenVariability:R},{step.TokenVariabilitySpread:R},{step.GradientVariance:R},{step.GradientNorm:R},{step.OutputVariance:R}"));
        var draft = Path.Combine(folder.FullName, FileName + ".draft");
        File.WriteAllLines(draft, [
            FormattableString.Invariant($"# depth={shape.Depth} width={shape.Width} heads={shape.Heads} attention={shape.Attention} rank={shape.Rank} steps={Options.Steps} rate={Options.LearningRate:R} seed={Options.Seed} vocabulary={VocabularySize} held_out_loss={HeldOutLoss:R}"),
            $"# {Corpus}",
            Columns,
            .. lines]);
        File.Move(draft, Path.Combine(folder.FullName, FileName), overwrite: true);
    }

    /// <exception cref="InvalidDataException">The file is none of ours.</exception>
    internal static RunRecord Load(FileInfo file)
    {
        var lines = File.ReadAllLines(file.FullName);
        if (lines.Length < 4 || !lines[0].StartsWith("# ", StringComparison.Ordinal) || lines[2] != Columns)
            throw new InvalidDataException($"'{file.FullName}' is no file of a run: expected two comments and then '{Columns}'.");
        var facts = lines[0][2..].Split(' ').Select(fact => fact.Split('=', 2)).ToDictionary(fact => fact[0], fact => fact[1]);
        int GetCount(string name) => int.Parse(facts[name], CultureInfo.InvariantCulture);
        double GetNumber(string name) => double.Parse(facts[name], CultureInfo.InvariantCulture);
        var shape = new ModelShape(GetCount("depth"), GetCount("width"), GetCount("heads"), Enum.Parse<AttentionKind>(facts["attention"]), GetCount("rank"));
        var steps = lines.Skip(3).Select(line => Array.ConvertAll(line.Split(','), value => double.Parse(value, CultureInfo.InvariantCulture)))
            .Select(v => new StepRecord((int)v[0], v[1], v[2], v[3], v[4], v[5], v[6])).ToArray();
        return new RunRecord(new RunOptions(shape, GetCount("steps"), GetNumber("rate"), GetCount("seed")), lines[1][2..], GetCount("vocabulary"), GetNumber("held_out_loss"), steps);
    }
}
