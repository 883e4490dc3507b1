using Spectre.Console;

namespace Microsoft.ML.ModalityGap.Tool;

/// <summary>A bar that moves while rows are read, and is gone afterwards.</summary>
internal static class ProgressBar
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    internal static TResult Run<TResult>(IAnsiConsole console, string name, long? total, RowCounter counter, Func<RowCounter, TResult> work)
    {
        ProgressColumn[] columns = total is null
            ? [new SpinnerColumn(), new TaskDescriptionColumn(), new ElapsedTimeColumn()]
            : [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()];
        return console.Progress().AutoClear(true).Columns(columns).Start(context =>
        {
            var task = context.AddTask(name, maxValue: Math.Max(1, total ?? 1));
            task.IsIndeterminate = total is null;
            using var timer = new Timer(_ => task.Value = total is null ? 0 : counter.Count, state: null, _interval, _interval);
            return work(counter);
        });
    }
}
