using System.Collections.Concurrent;

namespace TinyClip;

/// <summary>A row of batches, drawn on a thread of its own a few ahead of the training.</summary>
internal static class TrainingBatches
{
    private const int Ahead = 4;

    /// <summary>The batches of the numbers 0 to <paramref name="count"/> − 1, in that order.</summary>
    internal static IEnumerable<TrainingBatch> Draw(int count, Func<int, TrainingBatch> draw)
    {
        using var batches = new BlockingCollection<TrainingBatch>(Ahead);
        var drawing = Task.Run(() =>
        {
            try
            {
                for (var i = 0; i < count; i++)
                    batches.Add(draw(i));
            }
            finally
            {
                batches.CompleteAdding();
            }
        });

        foreach (var batch in batches.GetConsumingEnumerable())
            yield return batch;
        drawing.GetAwaiter().GetResult();
    }
}
