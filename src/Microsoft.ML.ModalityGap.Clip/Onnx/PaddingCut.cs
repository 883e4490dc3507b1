using System.Numerics.Tensors;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Whether an encoder's rows of tokens may lose their padding. The model must leave the sequence axis open; then the first rows are encoded both ways, and only where the embeddings agree
/// are rows cut from then on. What was found is logged once.
/// </summary>
/// <param name="host">Where what was found is logged.</param>
/// <param name="model">What the log calls the encoder.</param>
internal sealed class PaddingCut(IHost host, string model)
{
    /// <summary>The greatest difference, of the norms' ratio from 1 and in every component of the unit vectors, at which embeddings count as equal.</summary>
    internal const float Tolerance = 1e-5f;

    /// <summary>How many shortened rows have to agree.</summary>
    internal const int RowsToCompare = 16;

    private const string MaskName = "attention_mask";

    private readonly Lock _lock = new();
    private int _compared;
    private float _greatest;
    private volatile bool _refused;
    private volatile bool _proven;

    /// <summary>Whether rows may be cut, as far as is known.</summary>
    internal bool MayCut => !_refused;

    /// <summary>Whether it is not known yet.</summary>
    internal bool IsOpen => !_refused && !_proven;

    /// <summary>Whether rows are cut; <see langword="null"/> while this is not known.</summary>
    internal bool? IsProven => _refused ? false : _proven ? true : null;

    /// <summary>Whether a model's inputs are tokens, and perhaps a mask, along an axis that is open.</summary>
    internal static bool IsPossible(OnnxEncoderPlan plan, OnnxEncoderSignature signature) =>
        !plan.HasFixedBatch
        && plan.Inputs.All(input => input.RowShape.Count == 1 && input.RowLength == plan.Inputs[0].RowLength)
        && signature.Inputs.All(input => !input.IsFloatingPoint && input.Dimensions is [_, < 0])
        && (plan.Inputs.Count == 1 || (plan.Inputs.Count == 2 && FindMask(plan) >= 0));

    /// <summary>The number of the mask's input, or -1.</summary>
    internal static int FindMask(OnnxEncoderPlan plan)
    {
        for (var i = 0; i < plan.Inputs.Count; i++)
        {
            if (plan.Inputs[i].Name == MaskName)
                return i;
        }

        return -1;
    }

    /// <summary>Compares embeddings of the same rows, whole and cut.</summary>
    /// <returns>Whether they agree.</returns>
    internal bool Compare(ReadOnlySpan<float> whole, ReadOnlySpan<float> cut, int dimension, int length, int fullLength)
    {
        var difference = 0f;
        for (var i = 0; i < whole.Length; i += dimension)
            difference = Math.Max(difference, GetDifference(whole.Slice(i, dimension), cut.Slice(i, dimension)));
        if (!(difference <= Tolerance))
        {
            Refuse($"embeddings of rows of {length} tokens differ by {difference:G2} from those with padding to {fullLength}, so it attends to padding");
            return false;
        }

        lock (_lock)
        {
            _greatest = Math.Max(_greatest, difference);
            _compared += whole.Length / dimension;
            if (_compared < RowsToCompare || !IsOpen)
                return true;
            _proven = true;
            Log($"rows of tokens are cut to the longest of each run: the embeddings of {_compared} rows with and without padding to {fullLength} tokens differ by {_greatest:G2} at most");
        }

        return true;
    }

    /// <summary>Cuts no more.</summary>
    internal void Refuse(string reason)
    {
        lock (_lock)
        {
            if (_refused)
                return;
            _refused = true;
            Log($"rows of tokens keep their padding: {reason}");
        }
    }

    private void Log(string message)
    {
        using var channel = host.Start("Cutting padding");
        channel.Info($"The encoder '{model}': {message}.");
    }

    /// <summary>The greatest difference of two vectors' unit vectors and of their norms' ratio from 1; NaN where that says nothing.</summary>
    private static float GetDifference(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var (normX, normY) = (TensorPrimitives.Norm(x), TensorPrimitives.Norm(y));
        if (normX == 0 && normY == 0)
            return 0;
        var greatest = Math.Abs((normY / normX) - 1);
        for (var i = 0; i < x.Length; i++)
            greatest = Math.Max(greatest, Math.Abs((x[i] / normX) - (y[i] / normY)));
        return greatest;
    }
}
