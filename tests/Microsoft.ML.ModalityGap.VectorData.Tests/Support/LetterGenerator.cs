using Microsoft.Extensions.AI;

namespace Microsoft.ML.ModalityGap.Tests;

/// <summary>Embeds a text as (a's, b's) and an image as (1's, 2's) of its bytes; counts its calls.</summary>
internal sealed class LetterGenerator : IEmbeddingGenerator<string, Embedding<float>>, IEmbeddingGenerator<DataContent, Embedding<float>>
{
    public int Calls { get; private set; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Embed(values.Select(text => new float[] { text.Count(letter => letter == 'a'), text.Count(letter => letter == 'b') }));

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Embed(values.Select(image => new float[] { image.Data.ToArray().Count(value => value == 1), image.Data.ToArray().Count(value => value == 2) }));

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private Task<GeneratedEmbeddings<Embedding<float>>> Embed(IEnumerable<float[]> vectors)
    {
        Calls++;
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(vectors.Select(vector => new Embedding<float>(vector))));
    }
}
