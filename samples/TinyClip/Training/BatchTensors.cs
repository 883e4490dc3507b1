using static TorchSharp.torch;

namespace TinyClip;

/// <summary>Batches as libtorch has them.</summary>
internal static class BatchTensors
{
    /// <summary>(batch, 3, 64, 64).</summary>
    internal static Tensor ToPixels(this TrainingBatch batch) => tensor(batch.Pixels, [batch.Size, 3, TinyClipModel.ImageSize, TinyClipModel.ImageSize]);

    /// <summary>Ids and mask, (batch, tokens), cut behind the longest caption: nothing after it can be seen from an end token.</summary>
    internal static (Tensor Ids, Tensor Mask) ToTokens(this TrainingBatch batch)
    {
        const int length = TinyClipModel.ContextLength;
        var longest = Enumerable.Range(0, batch.Size).Max(row => batch.Mask.AsSpan(row * length, length).Count(1L));
        return (tensor(batch.Ids, [batch.Size, length]).narrow(1, 0, longest), tensor(batch.Mask, [batch.Size, length]).narrow(1, 0, longest));
    }
}
