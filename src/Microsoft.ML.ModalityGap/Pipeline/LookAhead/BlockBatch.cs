using System.Numerics;
using System.Runtime.ExceptionServices;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows that are worked on a block at a time, on the thread that takes them, when the first of the block is taken. Blocks begin with one row and double up to the window: who takes one row
/// of an expensive or endless source has read one row of it, and who has taken n has read at most 2n.
/// </summary>
/// <param name="window">The rows of the largest blocks.</param>
internal abstract class BlockBatch(int window) : LookaheadBatch
{
    private ExceptionDispatchInfo? _failure;

    internal sealed override int Window => window;

    internal sealed override long GetReadEnd(long row) => row < window ? Math.Min(window, BitOperations.RoundUpToPowerOf2((uint)row + 1)) : (row / window + 1) * window;

    internal sealed override long GetRunEnd(long first) => GetReadEnd(first);

    internal sealed override void Start(long first, int count)
    {
        try
        {
            Compute(GetSlot(first), count);
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    internal sealed override void Wait(long row) => _failure?.Throw();

    /// <summary>Makes getters of a row alone: what a prediction engine asks for, by the code that works on blocks.</summary>
    /// <param name="input">The row.</param>
    /// <param name="columns">The columns that are read.</param>
    /// <param name="getters">Receives the getters.</param>
    /// <param name="isWanted">Which of them are wanted.</param>
    internal void CreateRowGetters(DataViewRow input, IReadOnlyList<DataViewSchema.Column> columns, Delegate[] getters, Func<int, bool> isWanted)
    {
        var read = CreateReader(input, columns);
        var position = -1L;
        int Update()
        {
            if (position != input.Position || position < 0)
            {
                position = -1;
                read(0);
                Compute(0, 1);
                position = input.Position;
            }

            return 0;
        }

        for (var output = 0; output < getters.Length; output++)
        {
            if (isWanted(output))
                getters[output] = CreateGetter(output, Update);
        }
    }

    /// <summary>Works on rows that have been read.</summary>
    /// <param name="slot">The place of the first.</param>
    /// <param name="count">How many, one behind the other.</param>
    protected abstract void Compute(int slot, int count);
}
