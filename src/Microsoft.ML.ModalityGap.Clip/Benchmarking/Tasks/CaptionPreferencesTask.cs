using Microsoft.ML.Data;

namespace Microsoft.ML.ModalityGap;

/// <summary>Of two captions of an image, how often the one that people prefer has the higher score; by category, where there are any.</summary>
internal sealed class CaptionPreferencesTask : IBenchmarkTask
{
    public string Name => "caption-preferences";

    public bool Fits(BenchmarkData data) => data.Preferences.Count > 0;

    public IEnumerable<TaskMeasure> Measure(TaskInput input)
    {
        var preferences = input.Data.Preferences.Where(preference => input.Data.Images[preference.Image].Part == input.Part).ToList();
        var builder = new ArrayDataViewBuilder(input.ML);
        builder.AddColumn("First", NumberDataViewType.Double, [.. preferences.Select(preference => input.Score(preference.Image, preference.First))]);
        builder.AddColumn("Second", NumberDataViewType.Double, [.. preferences.Select(preference => input.Score(preference.Image, preference.Second))]);
        builder.AddColumn("Preference", NumberDataViewType.Single, [.. preferences.Select(preference => preference.Preference)]);
        var hasCategories = preferences.TrueForAll(preference => !string.IsNullOrEmpty(preference.Category));
        if (hasCategories)
            builder.AddColumn("Category", [.. preferences.Select(preference => preference.Category!)]);
        var accuracies = input.ML.ModalityGap().EvaluateCaptionPreferences(builder.GetDataView(), "First", "Second", "Preference", hasCategories ? "Category" : null);
        yield return new("accuracy", accuracies.All.Accuracy, accuracies.All.Count);
        foreach (var category in accuracies.Categories)
            yield return new($"accuracy, {category.Category}", category.Accuracy, category.Count);
    }
}
