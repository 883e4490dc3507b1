using System.Text;

namespace Microsoft.ML.ModalityGap.Fuzz;

/// <summary>Judgements of relevance: TREC's four fields and BEIR's three.</summary>
internal sealed class QrelsTarget : FuzzTarget
{
    internal override string Name => "qrels";

    internal override IReadOnlyList<string> Covers => ["Relevance.ReadJudgements"];

    internal override double Share => 2;

    internal override InputShape Shape { get; } = new TextShape("q1", "d1", "0", "\t", "query-id", "corpus-id", "score", "\r\n", "-1", "1e3");

    internal override IReadOnlyList<byte[]> CreateSeeds() =>
        [Encoding.UTF8.GetBytes("q1 0 d1 1\nq1 0 d2 0\nq2 0 d1 2\n"), Encoding.UTF8.GetBytes("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td 2\t2\n")];

    internal override void Read(FuzzInput input)
    {
        foreach (var judgement in Relevance.ReadJudgements(input.WriteFile("qrels.txt")))
            _ = judgement.ToString();
    }
}
