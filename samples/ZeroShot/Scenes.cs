using Microsoft.ML;
using TinyClip;

namespace ZeroShot;

/// <summary>The data: drawn scenes that TinyClip was not trained on.</summary>
internal sealed class Scenes
{
    private const int Count = 500;

    private Scenes(MLContext ml)
    {
        var any = SceneDataset.Create(SceneSplit.Validation, Count, seed: 1);
        var single = SceneDataset.Create(SceneSplit.Validation, Count, seed: 2, scene => scene.ObjectCount == 1);
        var test = SceneDataset.Create(SceneSplit.Test, Count, seed: 1);
        var testSingle = SceneDataset.Create(SceneSplit.Test, Count, seed: 1, scene => scene.ObjectCount == 1);
        Pairs = Load(ml, any);
        Objects = Load(ml, single);
        TestPairs = Load(ml, test);
        TestObjects = Load(ml, testSingle);

        var random = new SplitMix64(3);
        Rated = ml.Data.LoadFromEnumerable(testSingle.Select((scene, i) => RatedRow.Create(scene, single[i].First, random.Next(5))).ToList());
    }

    /// <summary>Pairs to fit on: one object or several.</summary>
    public IDataView Pairs { get; }

    /// <summary>Single objects to calibrate and choose thresholds on.</summary>
    public IDataView Objects { get; }

    /// <summary>Pairs to measure on.</summary>
    public IDataView TestPairs { get; }

    /// <summary>Single objects to measure on.</summary>
    public IDataView TestObjects { get; }

    /// <summary>Scenes with captions that are right in part.</summary>
    public IDataView Rated { get; }

    public static Scenes Draw(MLContext ml) => new(ml);

    private static IDataView Load(MLContext ml, IReadOnlyList<Scene> scenes) => ml.Data.LoadFromEnumerable(scenes.Select(SceneRow.Create).ToList());
}
