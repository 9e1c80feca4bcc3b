import { Anchor, Table } from '@mantine/core';
import { PRICE_KINDS, PRICE_UNITS, priceList, type Price, type PriceKind } from '../../../../shared/model/prices';
import { STORAGE_CLASSES } from '../../../../shared/model/storage-class';
import { Card } from '../../../components/card';
import { storageClassName } from '../../../format/words';
import { useSettings } from '../../../stores/hooks';
import classes from './cost.module.css';
import { PriceCell } from './price-cell';

const WHAT: Readonly<Record<PriceKind, string>> = {
  storage: 'Storage',
  classA: 'Uploads, lists, moves',
  classB: 'Reads',
  retrieval: 'Retrieval',
  replication: 'Copies to other regions',
};

/** Every price that the estimate rests on: where it comes from, when it was read there, and a field for one's own. */
export function PricesCard(props: { readonly location: string }) {
  const { location } = props;
  const overrides = useSettings(({ settings }) => settings?.prices);
  const prices = priceList(overrides);
  const published = priceList();
  return (
    <Card title={`Prices in ${location}, in USD`} className={classes.card}>
      <p className={classes.note}>
        Type your own in their place: they are kept with the settings, marked, and can be taken back.
      </p>
      <div className={classes.scroll}>
        <Table className={classes.prices} horizontalSpacing={12} verticalSpacing={7} aria-label="Prices">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              {STORAGE_CLASSES.map((each) => (
                <Table.Th key={each}>{storageClassName(each)}</Table.Th>
              ))}
              <Table.Th>Source</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {PRICE_KINDS.map((kind) => (
              <Table.Tr key={kind}>
                <Table.Th>
                  {WHAT[kind]}
                  <span className={classes.unit}>{PRICE_UNITS[kind].replace('USD ', '')}</span>
                </Table.Th>
                {STORAGE_CLASSES.map((storageClass) => (
                  <Table.Td key={storageClass}>
                    <PriceCell
                      location={location}
                      storageClass={storageClass}
                      kind={kind}
                      price={prices(location, storageClass, kind)}
                    />
                  </Table.Td>
                ))}
                <Table.Td>
                  <Source price={published(location, 'STANDARD', kind)} location={location} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  );
}

/** Of the published prices; one row has one source. */
function Source(props: { readonly price: Price | null; readonly location: string }) {
  const { price } = props;
  if (price?.source == null) {
    return <span className={classes.unverified}>not known for {props.location}: look it up</span>;
  }
  return (
    <span className={classes.source}>
      <Anchor href={price.source} target="_blank" rel="noreferrer" size="sm" title={price.source}>
        {new URL(price.source).host}
      </Anchor>
      {price.readOn === null ? (
        <span className={classes.unverified}>not looked up: check it</span>
      ) : (
        <span className="dim figure">read {price.readOn}</span>
      )}
    </span>
  );
}
