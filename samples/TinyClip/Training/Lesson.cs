using System.Globalization;
using static TorchSharp.torch;

namespace TinyClip;

/// <summary>
/// An encoder's first lesson, alone and supervised, as many dual encoders start from an image encoder trained on ImageNet and a trained language model: linear
/// heads on its hidden layer answer questions about the scene, and are thrown away. From nothing the contrastive loss takes longer than
/// minutes to find out that there are shapes, and that it matters which group is on which side.
/// </summary>
internal static class Lesson
{
    /// <summary>Trains an encoder and tells <paramref name="report"/> how well it answers in the lesson's last tenth.</summary>
    /// <param name="name">What the lesson is called.</param>
    /// <param name="questions">What is asked.</param>
    /// <param name="encoder">Whose parameters are trained.</param>
    /// <param name="width">How wide its hidden layer is.</param>
    /// <param name="hidden">That layer for a batch.</param>
    /// <param name="count">How many batches.</param>
    /// <param name="draw">Draws the batch of a number.</param>
    /// <param name="report">Takes the answers' shares.</param>
    internal static void Run(
        string name, Question[] questions, nn.Module encoder, int width, Func<TrainingBatch, Tensor> hidden, int count, Func<int, TrainingBatch> draw,
        Action<string> report)
    {
        using var heads = nn.Linear(width, questions.Sum(question => question.Answers));
        using var optimizer = TrainingOptions.CreateOptimizer([.. encoder.parameters(), .. heads.parameters()]);
        using var pause = new CollectionPause();
        long[] widths = [.. questions.Select(question => (long)question.Answers)];
        var (asked, right, step) = (new long[questions.Length], new long[questions.Length], 0);
        foreach (var batch in TrainingBatches.Draw(count, draw))
        {
            pause.BeforeStep();
            TrainingOptions.SetLearningRate(optimizer, step, count);
            using var scope = NewDisposeScope();
            var answers = heads.forward(hidden(batch)).split(widths, 1);
            var loss = zeros(1);
            for (var i = 0; i < questions.Length; i++)
            {
                var truth = tensor(batch.Scenes.Select(scene => (long)questions[i].Answer(scene)).ToArray());
                loss += questions[i].Weight * nn.functional.cross_entropy(answers[i], truth, ignore_index: Question.NotAsked);
                if (step < count * 9 / 10)
                    continue;
                asked[i] += truth.ne(Question.NotAsked).sum().item<long>();
                right[i] += answers[i].argmax(1).eq(truth).sum().item<long>();
            }

            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            step++;
        }

        report($"{name}: " + string.Join(", ", questions.Select((question, i) =>
            string.Create(CultureInfo.InvariantCulture, $"{question.Name} {right[i] / (double)asked[i]:F2}"))));
    }
}
