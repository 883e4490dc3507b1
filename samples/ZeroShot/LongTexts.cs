using Microsoft.ML;
using Microsoft.ML.ModalityGap;
using TinyClip;

namespace ZeroShot;

/// <summary>Captions that tell everything beside captions that tell little, and what is left of the former in the leading components of the latter (primary component matching).</summary>
internal static class LongTexts
{
    private const int Count = 500;

    public static void Run(MLContext ml, string folder)
    {
        using var encoders = ml.Transforms.EmbedClipImages("Image", "Png", folder)
            .Append(ml.Transforms.EmbedClipText("Full", "Full", folder))
            .Append(ml.Transforms.EmbedClipText("Brief", "Brief", folder))
            .Fit(Load(ml, SceneSplit.Validation));
        var (fit, test) = (ml.Data.Cache(encoders.Transform(Load(ml, SceneSplit.Validation))), ml.Data.Cache(encoders.Transform(Load(ml, SceneSplit.Test))));
        var table = new FigureTable("Full captions, of the components of brief ones: recall@1 among 500", "", "full to image", "full to brief", "brief to full");
        Add("raw", test);
        foreach (var components in new[] { 8, 16, 32 })
        {
            var options = new MatchComponentsOptions { Components = components };
            Add($"{components} components", ml.Transforms.MatchComponents(ModalityColumns.PerColumn("Full", "Brief"), options).Fit(fit).Transform(test));
        }

        table.Write();

        void Add(string name, IDataView rows)
        {
            double Measure(string query, string gallery) => ml.ModalityGap().EvaluateRetrieval(rows, query, rows, gallery, Relevance.ByRow).RecallAt(1);
            table.Add(name, Measure("Full", "Image"), Measure("Full", "Brief"), Measure("Brief", "Full"));
        }
    }

    private static IDataView Load(MLContext ml, SceneSplit split) => ml.Data.LoadFromEnumerable(SceneDataset.Create(split, Count, seed: 7)
        .Select(scene => new CaptionedScene(scene.RenderPng(TinyClipModel.ImageSize), scene.Captions[0], scene.Captions[^1])).ToList());

    private sealed record CaptionedScene(byte[] Png, string Full, string Brief);
}
