namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A share that is done, as the rows that a progress bar counts. Reports come from any thread and in any order; the bar goes forward only.</summary>
internal sealed class ShareProgress(RowCounter counter) : IProgress<double>
{
    internal const long Total = 1000;

    private readonly Lock _lock = new();
    private int _done;

    public void Report(double value)
    {
        lock (_lock)
        {
            var done = (int)(value * Total);
            if (done <= _done)
                return;
            counter.Add(done - _done);
            _done = done;
        }
    }
}
