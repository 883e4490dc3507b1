namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>The files of a tokenizer; what is read then has to encode any text.</summary>
internal abstract class TokenizerTarget : FuzzTarget
{
    private static readonly string[] _texts = ["a photo of a cat", "", " two  dogs\tplaying!!! ", "été \u6771\u4eac \U0001F600 \u0130", "<|endoftext|> <pad> \ud800 &amp;", new string('a', 300)];

    protected abstract ClipTokenizer Load(FuzzInput input);

    internal override void Read(FuzzInput input)
    {
        var tokenizer = Load(input);
        foreach (var text in _texts)
            _ = tokenizer.Encode(text);
    }
}
