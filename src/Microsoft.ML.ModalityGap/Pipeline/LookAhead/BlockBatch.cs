using System.Numerics;

namespace Microsoft.ML.ModalityGap;

/// <summary>
/// Rows that are worked on a block at a time: where the cursor is alone, on other threads while those of the block before are taken, else when the first is taken. Blocks begin with one row and
/// double: who takes one row of an expensive or endless source has read one row of it, and who has taken n has read at most 2n.
/// </summary>
/// <param name="blockRows">The rows of the largest blocks.</param>
/// <param name="isAlone">Whether no other cursor goes beside.</param>
internal abstract class BlockBatch(int blockRows, bool isAlone) : LookaheadBatch
{
    private readonly Task[] _blocks = [Task.CompletedTask, Task.CompletedTask];

    /// <summary>One block is taken from while the other is read and worked on.</summary>
    internal sealed override int Window => 2 * blockRows;

    internal sealed override long GetReadEnd(long row) => GetRunEnd(row) + (IsMadeAhead(row) ? blockRows : 0);

    internal sealed override long GetRunEnd(long first) => first < blockRows ? Math.Min(blockRows, BitOperations.RoundUpToPowerOf2((uint)first + 1)) : (first / blockRows + 1) * blockRows;

    internal sealed override void Start(long first, int count)
    {
        var block = new Task(() => Compute(GetSlot(first), count));
        GetBlock(first) = block;
        if (IsMadeAhead(first))
            block.Start(TaskScheduler.Default);
        else
            block.RunSynchronously(TaskScheduler.Default);
    }

    internal sealed override void Wait(long row) => GetBlock(row).GetAwaiter().GetResult();

    internal sealed override void Settle() => Array.ForEach(_blocks, Settle);

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

    private bool IsMadeAhead(long row) => isAlone && row >= Window;

    private ref Task GetBlock(long row) => ref _blocks[row / blockRows % 2];
}
