using Microsoft.ML.OnnxRuntime;

namespace TinyClip;

/// <summary>The exported encoders under ONNX Runtime, with nothing between scenes and captions and them.</summary>
internal sealed class OnnxDualEncoder : IDisposable
{
    private const int BatchSize = 100;

    private readonly InferenceSession _vision, _text;
    private readonly CaptionTokenizer _tokenizer;

    internal OnnxDualEncoder(string folder)
    {
        _tokenizer = CaptionTokenizer.Load(folder);
        _vision = new InferenceSession(Path.Combine(folder, TinyClipModel.VisionFile));
        _text = new InferenceSession(Path.Combine(folder, TinyClipModel.TextFile));
    }

    /// <summary>One embedding per scene, as the encoder leaves them: not normalised.</summary>
    internal float[][] EncodeImages(IEnumerable<Scene> scenes) => [.. scenes.Chunk(BatchSize).SelectMany(batch =>
    {
        var pixels = new float[batch.Length * ScenePixels.Count];
        for (var i = 0; i < batch.Length; i++)
            ScenePixels.Write(batch[i], variation: 0, pixels.AsSpan(i * ScenePixels.Count, ScenePixels.Count));
        return RunVision(pixels, batch.Length);
    })];

    /// <summary>One embedding per caption.</summary>
    internal float[][] EncodeTexts(IEnumerable<string> captions) => [.. captions.Chunk(BatchSize).SelectMany(batch =>
    {
        const int length = TinyClipModel.ContextLength;
        var (ids, mask) = (new long[batch.Length * length], new long[batch.Length * length]);
        for (var i = 0; i < batch.Length; i++)
            _tokenizer.Encode(batch[i], ids.AsSpan(i * length, length), mask.AsSpan(i * length, length));
        return RunText(ids, mask, batch.Length);
    })];

    internal float[][] RunVision(float[] pixels, int batch)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [batch, 3, TinyClipModel.ImageSize, TinyClipModel.ImageSize]);
        return Run(_vision, new() { ["pixel_values"] = input }, "image_embeds");
    }

    internal float[][] RunText(long[] ids, long[] mask, int batch)
    {
        using var idsInput = OrtValue.CreateTensorValueFromMemory(ids, [batch, TinyClipModel.ContextLength]);
        using var maskInput = OrtValue.CreateTensorValueFromMemory(mask, [batch, TinyClipModel.ContextLength]);
        return Run(_text, new() { ["input_ids"] = idsInput, ["attention_mask"] = maskInput }, "text_embeds");
    }

    public void Dispose()
    {
        _vision.Dispose();
        _text.Dispose();
    }

    private static float[][] Run(InferenceSession session, Dictionary<string, OrtValue> inputs, string output)
    {
        using var options = new RunOptions();
        using var outputs = session.Run(options, inputs, [output]);
        var values = outputs[0].GetTensorDataAsSpan<float>();
        var dimension = (int)outputs[0].GetTensorTypeAndShape().Shape[1];
        return [.. values.ToArray().Chunk(dimension)];
    }
}
