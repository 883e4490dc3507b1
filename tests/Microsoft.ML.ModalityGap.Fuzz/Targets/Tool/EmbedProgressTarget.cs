using System.Security.Cryptography;
using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>How far an embedding run has come, from which the next one goes on. Its checksum is made anew.</summary>
internal sealed class EmbedProgressTarget : ToolTarget
{
    private static readonly byte[] _texts = Encoding.UTF8.GetBytes("a photo\na cat\ntwo dogs\n");

    private readonly Dictionary<string, byte[]> _partial = [];

    internal override string Name => "embed-progress";

    internal override double Share => 0.1;

    internal override InputShape Shape { get; } = new SealedLineShape();

    /// <summary>What a run left that was stopped after its first row.</summary>
    internal override IReadOnlyList<byte[]> CreateSeeds()
    {
        var (texts, output) = (Seeds.Keep("texts.txt", _texts), Path.Combine(Seeds.Folder, "embedded.npy"));
        using var cancellation = new CancellationTokenSource();
        var console = new Tool.ToolConsole(TextWriter.Null, TextWriter.Null, outIsTerminal: false, errorIsTerminal: false)
        {
            ObserveRows = count =>
            {
                if (count >= 1)
                    cancellation.Cancel();
            },
        };
        Tool.ModalityGapCommand.RunAsync(["embed", "--model", TinyModel.Folder, "--texts", texts, "--out", output, "--batch-size", "1", "--no-config"], console, cancellation.Token).GetAwaiter().GetResult();
        _partial["rows"] = File.ReadAllBytes(output + ".partial");
        return [File.ReadAllBytes(output + ".partial.json")];
    }

    protected override string[] GetArguments(FuzzInput input)
    {
        var output = input.Reserve("x.npy");
        File.WriteAllBytes(input.Reserve("x.npy.partial"), _partial["rows"]);
        File.WriteAllBytes(input.Reserve("x.npy.partial.json"), input.Bytes);
        _ = input.Reserve("x.items.txt");
        return ["embed", "--model", TinyModel.Folder, "--texts", Path.Combine(Seeds.Folder, "texts.txt"), "--out", output, "--batch-size", "1", "--json", "--no-config"];
    }

    private sealed class SealedLineShape : InputShape
    {
        private static readonly TextShape _json = new("Format", "Kind", "Model", "Type", "Dimension", "Done", "Items", "LeftOut", "Item", "Reason", "texts", "images");

        internal override byte[] Mutate(byte[] parent, FuzzRandom random)
        {
            var text = _json.Mutate(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(parent).Split('\n')[0]), random);
            return [.. text, (byte)'\n', .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(text))), (byte)'\n'];
        }
    }
}
